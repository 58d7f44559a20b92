"use strict";
// A worker: finds the number whose SHA-256 together with the puzzle begins with `bits` zero bits (FIPS 180-4).
// Written out, because crypto.subtle is not there on plain http, and asks for a promise a try.
const K = new Uint32Array(64);
const START = new Uint32Array(8);
(function primes() {
  const part = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
  for (let n = 2, found = 0; found < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    if (found < 8) START[found] = part(Math.sqrt(n));
    K[found++] = part(Math.cbrt(n));
  }
})();

const W = new Uint32Array(64);
const block = new Uint8Array(64);
const turn = (x, n) => (x >>> n) | (x << (32 - n));

// The first 32 bits of the digest of one block: the text must be shorter than 56 bytes.
function head(length) {
  block.fill(0, length);
  block[length] = 0x80;
  block[62] = (length * 8) >>> 8;
  block[63] = (length * 8) & 255;
  for (let i = 0; i < 16; i++)
    W[i] = (block[i * 4] << 24) | (block[i * 4 + 1] << 16) | (block[i * 4 + 2] << 8) | block[i * 4 + 3];
  for (let i = 16; i < 64; i++) {
    const s0 = turn(W[i - 15], 7) ^ turn(W[i - 15], 18) ^ (W[i - 15] >>> 3);
    const s1 = turn(W[i - 2], 17) ^ turn(W[i - 2], 19) ^ (W[i - 2] >>> 10);
    W[i] = W[i - 16] + s0 + W[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return (a + START[0]) >>> 0;
}

function solve(text, bits) {
  const begin = text + ".";
  for (let i = 0; i < begin.length; i++) block[i] = begin.charCodeAt(i);
  for (let n = 0; ; n++) {
    const digits = String(n);
    for (let i = 0; i < digits.length; i++) block[begin.length + i] = digits.charCodeAt(i);
    if (head(begin.length + digits.length) >>> (32 - bits) === 0) return digits;
  }
}

onmessage = (event) => postMessage(solve(event.data.text, event.data.bits));
