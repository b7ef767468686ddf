import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrast, dark, light, onState, type Palette, STATE_COLOURS } from './theme.ts';

const TEXTS = ['text', 'muted', 'accent'] as const;
const GROUNDS = ['ground', 'surface', 'sunken'] as const;

describe.each([
  ['light', light as Palette],
  ['dark', dark],
])('the %s theme', (_name, palette) => {
  test.each(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)))(
    'reads %s on %s with at least 4.5:1',
    (text, ground) => {
      expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(['red', 'amber', 'green'] as const)(
    'reads the twin of %s on every ground and on its soft area',
    (state) => {
      const grounds = [...GROUNDS.map((ground) => palette[ground]), palette[`${state}Soft`]];
      for (const ground of grounds) expect(contrast(palette[`${state}Text`], ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test('shows the edge of a control with at least 3:1', () => {
    for (const ground of GROUNDS) expect(contrast(palette.control, palette[ground])).toBeGreaterThanOrEqual(3);
  });

  test('reads a button of the accent colour', () => {
    expect(contrast(palette.onAccent, palette.accent)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.accent, palette.accentSoft)).toBeGreaterThanOrEqual(4.5);
  });

  test('begins with the ground that base.css paints first', () => {
    const css = readFileSync(new URL('./base.css', import.meta.url), 'utf8');
    for (const value of [palette.ground, palette.text, palette.surface, palette.line]) expect(css).toContain(value);
  });
});

describe('text on the colours of state', () => {
  test('is white on red only where it is large, and on the strip at any size', () => {
    expect(contrast(onState.white, STATE_COLOURS.red)).toBeGreaterThanOrEqual(3);
    expect(contrast(onState.white, onState.redStrip)).toBeGreaterThanOrEqual(4.5);
  });

  test('is ink on amber and green', () => {
    expect(contrast(onState.ink, STATE_COLOURS.amber)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(onState.ink, STATE_COLOURS.green)).toBeGreaterThanOrEqual(4.5);
  });
});
