// The running total of a ballot. The page works without it: the server counts the same when a button is pressed.
//
// The form carries the type of the ballot, its limits and the sentences, each choice its cost: see
// Documentation/Components.md.
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
  const limit = (name) => Number(limits[name] || Infinity);

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

  /** "3 projects", in the reader's plural. */
  function projects(count) {
    const form = plural.select(count) === "one" ? limits.projectsOne : limits.projectsOther;
    return sentence(form, { count: plain.format(count) });
  }

  /** The advice `name` in the plural of `count`. */
  function advise(name, count, values) {
    const form = limits[`${name}${plural.select(count) === "one" ? "One" : "Other"}`];
    return sentence(form ?? "", { count: plain.format(count), ...values });
  }

  /** What is chosen on this page, marked as such. Boxes and buttons count when they are on, other fields when they say more than nothing. */
  function choices() {
    const chosen = [];
    for (const row of form.querySelectorAll("[data-choice]")) {
      const field = row.querySelector('input:not([type="hidden"]), select');
      const isSwitch = ["checkbox", "radio"].includes(field?.type);
      const isChosen = isSwitch ? field.checked : !["", "0"].includes(field?.value ?? "");
      row.classList.toggle("chosen", isChosen);
      if (!isChosen) continue;
      const points = limits.ballot === "points" ? Math.max(0, Math.trunc(Number(field.value)) || 0) : 0;
      chosen.push({ title: row.dataset.title, cents: Number(row.dataset.cents), points });
    }
    return chosen;
  }

  /** The project to name when the ballot is too heavy: the smallest that is enough alone, else the largest. */
  function oneToRemove(chosen, weight, excess) {
    const sorted = chosen.slice().sort((a, b) => weight(a) - weight(b));
    return sorted.find((choice) => weight(choice) >= excess) ?? sorted.at(-1);
  }

  /** The gauge's sentence, how full it is (0 to 1, more when over), and what to change; null when nothing is. */
  function state() {
    const chosen = choices();
    // A radio button, the one of a blank ballot too, takes the place of what was chosen elsewhere.
    const replaces = form.querySelector('input[type="radio"]:checked') !== null;
    const elsewhere = (name) => (replaces ? 0 : Number(limits[name] || 0));
    const count = chosen.length + elsewhere("elsewhereCount");
    const cents = chosen.reduce((sum, choice) => sum + choice.cents, elsewhere("elsewhereCents"));
    const given = chosen.reduce((sum, choice) => sum + choice.points, Number(limits.elsewherePoints || 0));
    const [budget, max, sum, each] = ["budget", "max", "maxSum", "maxEach"].map(limit);
    const tooMany = count > max ? advise("adviceMany", count - max, { max: plain.format(max) }) : null;

    if (limits.ballot === "points") {
      const tooHigh = chosen.find((choice) => choice.points > each);
      const heavy = given > sum ? oneToRemove(chosen, (choice) => choice.points, given - sum) : undefined;
      let advice = tooMany;
      if (tooHigh) advice = advise("adviceEach", each, { title: tooHigh.title });
      else if (heavy) advice = advise("advicePoints", given - sum, { title: heavy.title });
      else if (given > sum) advice = advise("advicePointsElsewhere", given - sum, {});
      const left = plain.format(Math.max(0, sum - given));
      const values = { projects: projects(count), given: plain.format(given), left };
      return { words: sentence(limits.wordsPoints, values), share: given / sum, advice };
    }
    if (budget < Infinity) {
      const over = cents - budget;
      const heavy = over > 0 ? oneToRemove(chosen, (choice) => choice.cents, over) : undefined;
      let advice = tooMany;
      if (heavy) {
        const values = { over: money(over), title: heavy.title, cost: money(heavy.cents) };
        advice = sentence(limits.adviceOver, values);
      } else if (over > 0) {
        advice = sentence(limits.adviceOverElsewhere, { over: money(over) });
      }
      const values = { projects: projects(count), chosen: money(cents), left: money(Math.max(0, -over)) };
      return { words: sentence(limits.wordsMoney, values), share: cents / budget, advice };
    }
    const values = { projects: projects(count), chosen: money(cents) };
    const twice = limits.ballot === "ranking" ? repeatedRank() : undefined;
    const advice = tooMany ?? (twice ? sentence(limits.adviceRank, { rank: plain.format(twice) }) : null);
    return { words: sentence(limits.wordsPlain, values), share: count / max, advice };
  }

  let shown;

  /** Shows the state, and touches the live region only when its words change: each change is read aloud. */
  function update() {
    const now = state();
    if (shown && shown.words === now.words && shown.advice === now.advice) return;
    shown = now;
    if (words) words.textContent = now.words;
    fill?.setAttribute("width", String(Math.round(1000 * Math.min(1, Math.max(0, now.share || 0)))));
    gauge?.classList.toggle("over", now.advice !== null);
    if (advice) {
      advice.hidden = now.advice === null;
      advice.textContent = now.advice ?? "";
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
        made.tabIndex = -1; // the arrow keys do the same in the field: thirty projects must not become ninety stops
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

  /** The rank in a field; 0 for none. */
  function rank(input) {
    return Math.max(0, Math.trunc(Number(input.value)) || 0);
  }

  const ranks = () => [...form.querySelectorAll("[data-ranker] input")];

  /** A rank that two projects have; undefined when all differ. */
  function repeatedRank() {
    const given = ranks().map(rank).filter((value) => value > 0);
    return given.find((value, place) => given.indexOf(value) !== place);
  }

  /** Two buttons that change places with the project before or after. Typing the ranks does the same. */
  function rankers() {
    /** A project without a rank comes last of those that have one; the others change places. */
    function move(input, by) {
      const now = rank(input);
      const last = Math.max(0, ...ranks().map(rank));
      const to = now === 0 ? last + 1 : now + by;
      if (now === 0 && by > 0) return;
      const other = ranks().find((field) => field !== input && rank(field) === to);
      if (now > 0 && to > last) {
        input.value = ""; // further down than the last is off the ballot
      } else if (to > 0) {
        if (other && now > 0) other.value = String(now);
        input.value = String(to);
      }
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const box of form.querySelectorAll("[data-ranker]")) {
      const input = box.querySelector("input");
      const project = box.closest("[data-choice]").dataset.title;
      const button = (sign, by, label) => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = "button secondary";
        made.textContent = sign;
        made.setAttribute("aria-label", sentence(label, { project }));
        made.tabIndex = -1; // the keyboard types the rank: see above
        made.addEventListener("click", () => move(input, by));
        return made;
      };
      input.before(button("↑", -1, box.dataset.up));
      input.after(button("↓", 1, box.dataset.down));
    }
  }

  /** Keeps the draft on the server a moment after each change, so that a closed window loses nothing. */
  function keep() {
    let timer = null;
    const send = () => {
      clearTimeout(timer);
      timer = null;
      const draft = new URLSearchParams(new FormData(form));
      fetch(form.action, { method: "POST", body: draft, redirect: "manual", keepalive: true }).catch(() => {});
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(send, 1200);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      timer = null;
    });
    addEventListener("pagehide", () => {
      if (timer !== null) send();
    });
  }

  steppers();
  rankers();
  for (const button of form.querySelectorAll("[data-update]")) button.hidden = true;
  form.addEventListener("input", update);
  if ("autosave" in limits) keep();
  // A reload or the back button may have brought choices that the server has not seen.
  update();
  addEventListener("pageshow", update);
}
