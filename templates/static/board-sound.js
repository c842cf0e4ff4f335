// The board's two little melodies, and the button that mutes them. Browsers allow sound after a first tap or key.
const sound = (function () {
  "use strict";
  const mute = $("#mute");
  let audio = null;
  let muted = false;
  try { muted = localStorage.getItem("concierge-muted") === "1"; } catch { /* private window */ }

  function show() {
    mute.hidden = false;
    mute.setAttribute("aria-pressed", String(muted));
    const words = muted ? mute.dataset.off : audio ? mute.dataset.on : mute.dataset.wait;
    mute.title = words;
    mute.setAttribute("aria-label", words);
  }

  function wake() {
    if (audio || !window.AudioContext) return;
    audio = new AudioContext();
    show();
  }

  function play(...pitches) {
    if (!audio || muted) return;
    pitches.forEach((pitch, n) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + n * 0.16;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.45);
    });
  }

  addEventListener("pointerdown", wake, { once: true });
  addEventListener("keydown", wake, { once: true });
  mute.addEventListener("click", () => {
    muted = !muted;
    try { localStorage.setItem("concierge-muted", muted ? "1" : "0"); } catch { /* private window */ }
    show();
    if (!muted) sound.arrived();
  });
  show();

  return { arrived: () => play(660, 880), late: () => play(440, 330, 440) };
})();
