// Says beside a text field how many characters are left, as the server counts them: code points. Spoken only near the
// end, so that nobody is told a number at every key.

for (const field of document.querySelectorAll("textarea[data-count]")) {
  const most = Number(field.dataset.count);
  const hint = document.getElementById(`${field.id}-hint`);
  const words = hint?.dataset.countWords;
  if (!words) continue;
  const told = hint.textContent;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const left = most - [...field.value.trim()].length;
    hint.textContent = field.value === "" ? told : words.replace("{count}", numbers.format(left));
    if (left <= most / 20) hint.setAttribute("aria-live", "polite");
    else hint.removeAttribute("aria-live");
  };
  field.addEventListener("input", show);
  show();
}
