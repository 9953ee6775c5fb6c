import { defineConfig } from "vitest/config"

/**
 * Three suites, run by `bin/verify`: `unit` (beside the code), `system` (whole system, part of `npm test`)
 * and `deep` (minutes long, `npm run test:deep`).
 */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["{core,twins,edge,cloud,ui,bin,bench}/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "system",
          include: ["test/**/*.system.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "deep",
          include: ["test/**/*.deep.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
