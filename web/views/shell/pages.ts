// The pages that the rail and the search offer.

export const PAGES = [
  { path: '/', name: 'overview' },
  { path: '/findings', name: 'findings' },
  { path: '/answer-key', name: 'answer-key' },
] as const;
