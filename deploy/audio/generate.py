#!/usr/bin/env python3
"""Makes ja_fdma_guidance.wav, ja_homecare_closed.wav and music.wav beside itself; the same packages give the same bytes.

    pip install pyopenjtalk-plus==0.4.1.post10 soxr numpy scipy
    python3 generate.py

Everything runs offline. The other speech files were made in the same manner, with the same voice and level.
"""

import os
import wave

import numpy as np
import pyopenjtalk
import soxr
from scipy.signal import butter, sosfilt

HERE = os.path.dirname(os.path.abspath(__file__))
RATE_HZ = 8000
SPEECH = {
    "ja_fdma_guidance": "こちらは、救急安心センターの電話相談窓口です。看護師が、お電話でお答えします。この電話相談は、"
    "あくまでも助言であり、診断や診療ではありません。ご判断の参考としてください。",
    "ja_homecare_closed": "こちらは、夜間、休日の受付センターです。ただいまは、受付時間外です。診療時間内は、おかかりの診療所に、"
    "直接お電話ください。急を要するときは、119番におかけください。",
}


def write(name, samples):
    """Writes samples of -1 to 1 as 16-bit PCM."""
    quantised = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2")
    with wave.open(f"{HERE}/{name}.wav", "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(quantised.tobytes())
    rms_dbfs = 20 * np.log10(np.sqrt((samples**2).mean()))
    peak_dbfs = 20 * np.log10(np.abs(samples).max())
    print(f"{name}.wav {len(quantised) / RATE_HZ:.2f} s, RMS {rms_dbfs:.1f} dBFS, peak {peak_dbfs:.1f} dBFS")


def active_frames(samples):
    """RMS of each 20 ms and whether it is speech: above -50 dBFS and within 35 dB of the loudest."""
    length = RATE_HZ // 50
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    rms = np.sqrt((frames**2).mean(1) + 1e-20)
    level = 20 * np.log10(rms)
    return rms, level > max(-50, level.max() - 35), length


def speech(text):
    """Speech at an active level of -23 dBFS, cut 50 ms before its first and 200 ms after its last sound."""
    samples, rate_hz = pyopenjtalk.tts(text, speed=0.95)
    samples = soxr.resample(samples.astype(float) / 32768, rate_hz, RATE_HZ, quality="VHQ")
    samples = sosfilt(butter(2, 120, "hp", fs=RATE_HZ, output="sos"), samples)
    _, active, length = active_frames(samples)
    first = max(0, np.argmax(active) * length - 400)
    last = min(len(samples), (len(active) - np.argmax(active[::-1])) * length + 1600)
    samples = samples[first:last]
    rms, active, _ = active_frames(samples)
    samples = samples * (10 ** (-23 / 20) / np.sqrt((rms[active] ** 2).mean()))
    peak = np.abs(samples).max()
    limit = 10 ** (-2 / 20)
    return samples * (limit / peak) if peak > limit else samples


def music():
    """A soft broken-chord loop of 24 s (C, Am, F, G twice) whose notes ring on over the loop's end into its beginning."""
    beat = RATE_HZ // 2
    chords = [(60, 64, 67, 72), (57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67)] * 2
    steps = (0, 1, 2, 3, 2, 1)
    loop = np.zeros(len(chords) * len(steps) * beat)
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    swell = np.minimum(1, time_s / 0.04) * np.exp(-1.3 * time_s)
    swell *= np.minimum(1, (time_s[-1] - time_s) / 0.3)
    for bar, chord in enumerate(chords):
        for step, tone in enumerate(steps):
            frequency_hz = 440 * 2 ** ((chord[tone] - 69) / 12)
            note = sum(
                amplitude * np.sin(2 * np.pi * frequency_hz * partial * time_s)
                for partial, amplitude in ((1, 1.0), (2, 0.35), (3, 0.12))
            )
            at = (bar * len(steps) + step) * beat
            loop[np.arange(at, at + len(note)) % len(loop)] += swell * note
    # Below the speech level of -23 dBFS, so that the message stands out.
    return loop * (10 ** (-27 / 20) / np.sqrt((loop**2).mean()))


for name, text in SPEECH.items():
    print(pyopenjtalk.g2p(text, kana=True))
    write(name, speech(text))
write("music", music())
