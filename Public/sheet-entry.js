// The entry of a printed questionnaire by keyboard. Without this module Tab and the button do the same.

const form = document.querySelector("[data-sheet-entry]");

if (form) {
  const fields = [...form.querySelectorAll("input[type=text], textarea")];
  const save = form.querySelector("[data-entry-save]");

  form.addEventListener("keydown", (event) => {
    const place = fields.indexOf(event.target);
    if (event.key !== "Enter" || place < 0) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(save);
    } else if (!event.shiftKey && !event.altKey) {
      // In a long answer Shift and Enter begin a new line.
      event.preventDefault();
      (fields[place + 1] ?? save).focus();
    }
  });

  form.querySelector("[data-entry-keys]").hidden = false;
}
