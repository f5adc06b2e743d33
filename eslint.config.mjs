import tseslint from 'typescript-eslint';

const ambientTime = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Time is a parameter: take a Clock (src/kernel/clock.ts).',
};
const ambientNow = {
  selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  message: 'Time is a parameter: take a Clock (src/kernel/clock.ts).',
};
const ambientRandom = {
  selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: 'Randomness is a parameter: take an IdSource (src/kernel/id-source.ts).',
};
const ambientEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The environment is read in src/config only.',
};

export default tseslint.config(
  { ignores: ['dist/', 'packages/*/dist/', 'node_modules/', 'data/', 'coverage/', '.tmp/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-syntax': ['error', ambientTime, ambientNow, ambientRandom, ambientEnv],
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/config/**', 'src/cli/**', 'packages/*/src/cli/**', 'ormconfig.ts'],
    rules: { 'no-restricted-syntax': ['error', ambientTime, ambientNow, ambientRandom] },
  },
  {
    files: ['src/**'],
    ignores: ['src/egress/**'],
    rules: { 'no-restricted-globals': ['error', { name: 'fetch', message: 'Other hosts are called through src/egress.' }] },
  },
  { files: ['src/kernel/clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], extends: [tseslint.configs.disableTypeChecked], rules: { 'no-restricted-syntax': 'off', 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' } },
);
