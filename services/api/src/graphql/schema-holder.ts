import { Injectable } from '@nestjs/common';
import type { GraphQLSchema } from 'graphql';

/** The schema is built after the options that serve it; this hands it back to them. */
@Injectable()
export class SchemaHolder {
  private built: GraphQLSchema | null = null;

  keep(schema: GraphQLSchema): GraphQLSchema {
    this.built = schema;
    return schema;
  }

  get schema(): GraphQLSchema {
    if (this.built === null) throw new Error('The schema is not built yet');
    return this.built;
  }
}
