// Photos, made small on the phone: 1,600 pixels are enough to see a broken kerb, and a tenth of the bytes. Encoding the
// picture anew leaves behind whatever else lay in the file: the place, the hour, the telephone.

const LONGEST = 1600;
const THUMB = 160;

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const blob = (canvas, type, quality) => new Promise((resolve) => canvas.toBlob(resolve, type, quality));

/** The photo of `file`, turned as the camera was held: `{ blob, thumb }`. Throws when the phone cannot read it. */
export async function reduced(file) {
  const bitmap = await createImageBitmap(file);
  try {
    const canvas = drawn(bitmap, LONGEST);
    let picture = await blob(canvas, "image/webp", 0.82);
    // Where WebP is not written, a PNG comes instead.
    if (picture?.type !== "image/webp") picture = await blob(canvas, "image/jpeg", 0.85);
    if (!picture) throw new Error("no picture");
    return { blob: picture, thumb: drawn(bitmap, THUMB).toDataURL("image/jpeg", 0.7) };
  } finally {
    bitmap.close();
  }
}
