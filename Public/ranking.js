// A ranking: buttons beside each list of ranks move an option up and down. What is sent are the lists themselves, so
// without this module nothing is missing.

for (const field of document.querySelectorAll("[data-ranking]")) {
  const list = field.querySelector(".ranking");
  const status = field.querySelector("[data-ranking-status]");
  const items = [...list.children];
  const select = (item) => item.querySelector("select");
  const name = (item) => item.querySelector("label").textContent;
  const rank = (item) => Number(select(item).value) || Infinity;
  const ranked = () => items.filter((item) => rank(item) < Infinity).sort((left, right) => rank(left) - rank(right));

  const say = (item) => {
    const words = rank(item) < Infinity ? field.dataset.announced : field.dataset.announcedNone;
    status.textContent = words.replace("{option}", name(item)).replace("{rank}", select(item).value);
  };

  /** Gives the options their ranks without gaps, and puts the list into that order. */
  const arrange = (order) => {
    for (const item of items) select(item).value = "";
    order.forEach((item, index) => { select(item).value = String(index + 1); });
    list.append(...order, ...items.filter((item) => !order.includes(item)));
  };

  const move = (item, step) => {
    const order = ranked();
    const place = order.indexOf(item);
    if (place < 0) {
      if (step < 0) order.push(item);
    } else if (step > 0 && place === order.length - 1) {
      order.splice(place, 1);
    } else if (order[place + step]) {
      [order[place], order[place + step]] = [order[place + step], order[place]];
    }
    arrange(order);
    say(item);
  };

  const button = (item, sign, words, step) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button secondary small";
    made.textContent = sign;
    made.setAttribute("aria-label", words);
    made.addEventListener("click", () => {
      move(item, step);
      made.focus();
    });
    item.append(made);
  };

  for (const item of items) {
    button(item, "↑", item.dataset.up, -1);
    button(item, "↓", item.dataset.down, 1);
    select(item).addEventListener("change", () => say(item));
  }
}
