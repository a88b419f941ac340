// The entry of a walk sheet by keyboard. Without this module Tab and the buttons do the same.

const form = document.querySelector("[data-walk-entry]");

if (form) {
  const rows = () => [...form.querySelectorAll("[data-entry-line]")];
  const fields = (row) => [...row.querySelectorAll("select, input, textarea")];

  // To the same column of another line; `column` is its place in the line.
  const go = (row, column) => {
    if (row) fields(row)[column].focus();
  };

  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-entry-line]");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-entry-save]"));
    } else if (row && event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      // Alt and an arrow would open a list of choices.
      event.preventDefault();
      const all = rows();
      go(all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)], fields(row).indexOf(event.target));
    } else if (row && event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      const all = rows();
      const own = fields(row);
      const place = own.indexOf(event.target);
      if (place < own.length - 1) own[place + 1].focus();
      else if (row === all.at(-1)) form.requestSubmit(form.querySelector("[data-entry-more]"));
      else go(all[all.indexOf(row) + 1], 0);
    }
  });

  form.querySelector("[data-entry-keys]").hidden = false;
}
