import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'web/**/*.test.ts',
      'web/**/*.test.tsx',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    exclude: ['test/parts/**', 'node_modules/**'],
    isolate: false,
    pool: 'threads',
    // Many tests wait for processes that they started.
    maxWorkers: 2,
    // A busy machine takes several times as long as a quiet one, and no test is about how long it takes itself.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
