import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of every document in `src`, from the schema the api commits. Nothing else crosses from the services to the console. */
const config: CodegenConfig = {
  schema: '../services/api/schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/**'],
  ignoreNoDocuments: true,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: 'string',
        scalars: { ID: 'string', DateTime: 'string', JSON: 'unknown' },
      },
    },
  },
};

export default config;
