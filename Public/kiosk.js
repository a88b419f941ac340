// A kiosk asks whether somebody is still there: after four minutes without a key, a touch or a movement the page that
// asks comes up. Choices are kept by then, since each change is saved. Without JavaScript a refresh of the page does
// the same after four minutes, whatever happens on it.

const patience = 240_000;
const alive = 60_000;
let last = Date.now();
let told = last;

for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) {
  addEventListener(kind, () => { last = Date.now(); }, { passive: true });
}

setInterval(() => {
  const now = Date.now();
  if (now - last >= patience) {
    location.replace("/kiosk/pause");
  } else if (last > told && now - told >= alive) {
    // Somebody is there who asks for no page: tells the service, whose own time runs as well.
    told = now;
    fetch("/kiosk/pause", { method: "HEAD" });
  }
}, 1_000);
