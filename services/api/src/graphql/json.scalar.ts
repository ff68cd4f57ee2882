import { GraphQLScalarType } from 'graphql';

export const JsonScalar = new GraphQLScalarType({ name: 'JSON', description: 'Any JSON value.', serialize: (value) => value });
