// The running total of a ballot. The page works without it: the server counts the same when a button is pressed.
//
// The form carries `data-ballot` ("approval" or "points"), its limits and the sentences (Documentation/Components.md).
// Nothing is decided here: an over-full ballot is told what to take off, never blocked.

const form = document.querySelector("form[data-ballot]");
if (form) start(form);

function start(form) {
  const limits = form.dataset;
  const gauge = document.querySelector("[data-gauge]");
  const words = gauge?.querySelector("[data-gauge-words]");
  const fill = gauge?.querySelector("[data-gauge-fill]");
  const advice = gauge?.querySelector("[data-gauge-advice]");
  const language = document.documentElement.lang;
  const plural = new Intl.PluralRules(language);
  const plain = new Intl.NumberFormat(language);
  const limit = (name) => (name in limits ? Number(limits[name]) : Infinity);

  /** Cents as the reader writes them; whole amounts without decimals. */
  function money(cents) {
    const digits = cents % 100 === 0 ? 0 : 2;
    return new Intl.NumberFormat(language, {
      style: "currency", currency: limits.currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
    }).format(cents / 100);
  }

  /** `{name}` becomes its value; a name without value stays, so that a mistake in a sentence is seen. */
  function sentence(template, values) {
    return template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
  }

  /** The sentence for this many: zero has its own when the page gives one, as there is nothing to count. */
  function counted(number) {
    if (number === 0 && limits.wordsNone) return limits.wordsNone;
    return plural.select(number) === "one" ? limits.wordsOne : limits.wordsOther;
  }

  /** What stands on the ballot, choices of other pages of the list included. */
  function choices() {
    const chosen = [];
    for (const box of form.querySelectorAll('input[type="checkbox"][data-cents]:checked')) {
      chosen.push({ title: box.dataset.title, cents: Number(box.dataset.cents), points: 0 });
    }
    for (const group of form.querySelectorAll("[data-points]")) {
      const input = group.querySelector('input[type="radio"]:checked, input[type="number"]');
      const points = Math.max(0, Math.trunc(Number(input?.value ?? 0)) || 0);
      if (points > 0) chosen.push({ title: group.dataset.title, cents: 0, points });
    }
    return chosen;
  }

  /** The project to name when the ballot is too heavy: the smallest that is enough alone, else the largest. */
  function oneToRemove(chosen, weight, excess) {
    const sorted = chosen.slice().sort((a, b) => weight(a) - weight(b));
    return sorted.find((choice) => weight(choice) >= excess) ?? sorted.at(-1);
  }

  function approval(chosen) {
    const count = chosen.length + Number(limits.elsewhereCount ?? 0);
    const cents = chosen.reduce((sum, choice) => sum + choice.cents, Number(limits.elsewhereCents ?? 0));
    const budget = limit("budget");
    const max = limit("max");
    const left = Math.max(0, budget - cents);
    const values = {
      count: plain.format(count), max: plain.format(max), excess: plain.format(count - max),
      spent: limits.currency ? money(cents) : "", left: Number.isFinite(left) && limits.currency ? money(left) : "",
    };
    let warning = null;
    if (cents > budget) {
      const heavy = oneToRemove(chosen, (choice) => choice.cents, cents - budget);
      const over = money(cents - budget);
      warning = heavy
        ? sentence(limits.adviceOver, { over, title: heavy.title, cost: money(heavy.cents) })
        : sentence(limits.adviceElsewhere ?? "", { over });
    } else if (count > max) {
      warning = sentence(limits.adviceMany, values);
    }
    return { text: sentence(counted(count), values), share: Number.isFinite(budget) ? cents / budget : count / max, warning };
  }

  function points(chosen) {
    const count = chosen.length + Number(limits.elsewhereCount ?? 0);
    const given = chosen.reduce((sum, choice) => sum + choice.points, Number(limits.elsewherePoints ?? 0));
    const max = limit("maxSum");
    const most = limit("max");
    const values = {
      count: plain.format(count), points: plain.format(given), left: plain.format(Math.max(0, max - given)),
      max: plain.format(most), excess: plain.format(given > max ? given - max : count - most),
    };
    let warning = null;
    if (given > max) {
      const heavy = oneToRemove(chosen, (choice) => choice.points, given - max);
      warning = heavy
        ? sentence(limits.adviceOver, { ...values, title: heavy.title })
        : sentence(limits.adviceElsewhere ?? "", values);
    } else if (count > most) {
      warning = sentence(limits.adviceMany, values);
    }
    return { text: sentence(counted(given), values), share: given / max, warning };
  }

  function update() {
    const state = limits.ballot === "points" ? points(choices()) : approval(choices());
    if (words) words.textContent = state.text;
    fill?.setAttribute("width", String(Math.round(1000 * Math.min(1, Math.max(0, state.share || 0)))));
    gauge?.classList.toggle("over", state.warning !== null);
    if (advice) {
      advice.hidden = state.warning === null;
      advice.textContent = state.warning ?? "";
    }
  }

  /** A number between two buttons, for scales too long for a row of radio buttons. */
  function steppers() {
    for (const box of form.querySelectorAll("[data-stepper]")) {
      const input = box.querySelector("input");
      const button = (sign, by, label) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "button secondary";
        made.textContent = sign;
        made.setAttribute("aria-label", label);
        made.addEventListener("click", () => {
          by > 0 ? input.stepUp() : input.stepDown();
          input.dispatchEvent(new Event("input", { bubbles: true }));
        });
        return made;
      };
      input.before(button("−", -1, box.dataset.less));
      input.after(button("+", 1, box.dataset.more));
    }
  }

  /** Keeps the draft on the server a moment after each change, so that a closed window loses nothing. */
  function keep() {
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const draft = new URLSearchParams(new FormData(form));
        draft.append("then", "keep");
        fetch(form.action, { method: "POST", body: draft, redirect: "manual", keepalive: true }).catch(() => {});
      }, 1200);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }

  steppers();
  for (const button of form.querySelectorAll("[data-update]")) button.hidden = true;
  form.addEventListener("input", update);
  if ("autosave" in limits) keep();
  // A reload or the back button may have brought choices that the server has not seen.
  update();
  addEventListener("pageshow", update);
}
