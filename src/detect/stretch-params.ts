// Parameters of the methods that set stretches of points apart by random cuts, declared once.

export const WIDTH_PARAM = {
  kind: 'number',
  summary: 'How many points make a stretch. 1 looks at values alone, more at shapes.',
  default: 4,
  min: 1,
  max: 60,
  integer: true,
  unit: 'points',
} as const;

export const SEED_PARAM = {
  kind: 'number',
  summary: 'What the random cuts follow from; the same seed gives the same scores.',
  default: 1,
  min: 0,
  max: 2_147_483_647,
  integer: true,
} as const;
