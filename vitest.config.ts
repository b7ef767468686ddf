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
    testTimeout: 30_000,
  },
});
