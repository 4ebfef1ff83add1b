import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '.dependency-cruiser.cjs',
      'dist/',
      'node_modules/',
      'artifacts/',
      'coverage/',
      'src/config/generated/',
      'src/stages/export-model/generated/',
      'src/config/schema-types/',
      'test/fixtures/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The engine says what happens; only sinks print.
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers in messages need no String() around them.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A function that must be awaitable for its interface may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // `type` and `interface` say different things here: a union or a shape.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // tsconfig's noPropertyAccessFromIndexSignature asks for the brackets.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  { files: ['src/cli/**', 'src/report/**', 'scripts/**', 'bench/**'], rules: { 'no-console': 'off' } },
  // A test says what it knows: an index that is there, by the fixture's making.
  { files: ['test/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['*.js', 'examples/**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['examples/**/*.mjs'],
    languageOptions: { globals: { console: 'readonly', AbortController: 'readonly' } },
    rules: { 'no-console': 'off' },
  },
);
