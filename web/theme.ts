// The tokens of the page: colours for both themes, a 4-px grid, two sizes of text for most things. State has three
// colours and nothing else has them; each has a twin for text (AA on every ground it meets) and a soft one for areas.
// Sizes are in rem, so that a wall display can be scaled as a whole.

/** The three colours of state, the same in both themes. */
export const STATE_COLOURS = { red: '#e53e3e', amber: '#f6ad55', green: '#48bb78' } as const;

export const light = {
  ground: '#f6f7f9',
  surface: '#ffffff',
  sunken: '#eef1f4',
  line: '#dfe3e8',
  control: '#7d8793',
  text: '#16191d',
  muted: '#566070',
  accent: '#1f4fc4',
  onAccent: '#ffffff',
  accentSoft: '#e8eefc',
  redText: '#b42323',
  redSoft: '#fdeaea',
  amberText: '#854a0b',
  amberSoft: '#fdf1e0',
  greenText: '#1d6a3d',
  greenSoft: '#e6f6ec',
  band: '#dbe5fb',
} as const;

export type Palette = { readonly [name in keyof typeof light]: string };

export const dark: Palette = {
  ground: '#0f1216',
  surface: '#171b21',
  sunken: '#1f252d',
  line: '#2c343e',
  control: '#76828f',
  text: '#e8ebef',
  muted: '#a3adb9',
  accent: '#8fb0ff',
  onAccent: '#0b1220',
  accentSoft: '#1b2742',
  redText: '#ff9090',
  redSoft: '#3b1b1e',
  amberText: '#f9c27d',
  amberSoft: '#382810',
  greenText: '#7ed6a3',
  greenSoft: '#143020',
  band: '#223457',
};

/** What stands on the solid state colours: white only where it is large, else on the darker strip, or ink. */
export const onState = { white: '#ffffff', ink: '#150d05', redStrip: '#a32626' } as const;

type ColourName = keyof Palette | keyof typeof STATE_COLOURS;

/** CSS references: `colour.surface` is `var(--surface)`. */
export const colour = Object.fromEntries(
  [...Object.keys(STATE_COLOURS), ...Object.keys(light)].map((name) => [name, `var(--${name})`]),
) as Readonly<Record<ColourName, string>>;

/** Declarations for `:root`; `light-dark()` follows the colour scheme, which is the system's or the reader's choice. */
export function cssVariables(): string {
  const fixed = Object.entries(STATE_COLOURS).map(([name, value]) => `--${name}: ${value};`);
  const themed = Object.entries(light).map(
    ([name, value]) => `--${name}: light-dark(${value}, ${dark[name as keyof Palette]});`,
  );
  return [...fixed, ...themed].join('\n');
}

/** `n` steps of the 4-px grid. */
export function space(n: number): string {
  return `${n * 0.25}rem`;
}

export const text = { small: '0.75rem', body: '0.875rem', large: '1.125rem', figure: '1.5rem' } as const;
export const radius = { small: '0.25rem', normal: '0.5rem' } as const;
export const transition = 'background-color 0.5s ease, border-color 0.5s ease, color 0.5s ease';
export const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

/** Widths at which the layout changes. */
export const atLeast = {
  tablet: '@media (min-width: 720px)',
  desktop: '@media (min-width: 1100px)',
  wide: '@media (min-width: 1700px)',
} as const;

/** WCAG contrast of two `#rrggbb` colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(hex: string): number {
  const channel = (from: number): number => {
    const c = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
