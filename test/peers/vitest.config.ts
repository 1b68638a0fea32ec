import { defineConfig } from 'vitest/config';

/** `npm run test:peers`: peers that are not JavaScript. Installs what it needs, so not in `npm test`. */
export default defineConfig({
  test: {
    include: ['test/peers/*.peer.ts'],
    testTimeout: 60_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});
