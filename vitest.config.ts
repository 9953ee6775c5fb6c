import { defineConfig } from "vitest/config"

/**
 * Four suites, run by `bin/verify`: `unit` (beside the code) and `system` (whole system) are `npm test`; `slow` (beside the
 * code, about servers that come and go) and `deep` (minutes long) are `npm run test:deep`.
 */
const beside = "{core,twins,edge,cloud,ui,bin,bench}/**"
const slow = `${beside}/*.slow.test.ts`

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: [`${beside}/*.test.ts`], exclude: [slow], testTimeout: 30_000 } },
      { test: { name: "slow", include: [slow], testTimeout: 60_000, hookTimeout: 60_000 } },
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
