/** Prints the schema that the code makes. `schema.graphql` is this text, committed; a test compares the two. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { RESOLVERS } from '../app.module.js';

const HEAD = '# Made from the code of services/api by `npm run generate`. Do not edit.\n\n';

export async function generateSchema(): Promise<string> {
  const app = await NestFactory.create(GraphQLSchemaBuilderModule, { logger: false });
  await app.init();
  const schema = await app.get(GraphQLSchemaFactory).create(RESOLVERS);
  await app.close();
  return `${HEAD}${printSchema(lexicographicSortSchema(schema))}\n`;
}
