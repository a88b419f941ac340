// Opens the annotations of a paragraph beside the text, where there is room for both. Without this the link leads to
// the page of the paragraph, as it does on a narrow screen, with a modifier key, or when the page cannot be fetched.

const room = matchMedia("(min-width: 56rem)");

for (const text of document.querySelectorAll("[data-annotated]")) {
  let aside = null;
  let opener = null;

  const close = () => {
    aside?.remove();
    aside = null;
    text.classList.remove("open");
    opener?.focus();
  };

  const show = async (link) => {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const notes = page.getElementById("annotations");
    if (!notes) throw new Error("no annotations");
    aside?.remove();
    aside = document.createElement("aside");
    aside.className = "beside stack";
    aside.setAttribute("aria-labelledby", "paragraph-title");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button secondary small";
    button.textContent = text.dataset.close;
    button.addEventListener("click", close);
    // The page has one heading of the first level; the panel's stands below it.
    const title = notes.querySelector("h1");
    const heading = document.createElement("h2");
    heading.id = title.id;
    heading.tabIndex = -1;
    heading.textContent = title.textContent;
    title.replaceWith(heading);
    aside.append(button, document.adoptNode(notes));
    text.append(aside);
    text.classList.add("open");
    opener = link;
    heading.focus();
  };

  text.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-beside]");
    if (!link || !room.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link).catch(() => location.assign(link.href));
  });

  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && aside) close();
  });
}
