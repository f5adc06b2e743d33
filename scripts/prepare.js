// Runs at the end of npm install and npm ci: builds, so that the first start need not. Does nothing
// where there is no compiler (npm ci --omit=dev) and nothing where dist is up to date.
import { build, canBuild, isFresh } from './build.js';

if (canBuild() && !isFresh()) {
  const problem = build();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
}
