// The reader's half of the tracker: 40 random bits as 8 letters of Crockford's base 32. Made in the browser, so that
// the server cannot hand two people with equal ballots one tracker. Without JavaScript, a word that the person types
// stands in.

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

for (const field of document.querySelectorAll("input[data-tracker-half]")) {
  // Five bits of each byte: 32 divides 256, so every letter is equally likely.
  field.value = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => alphabet[byte & 31]).join("");
}
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
