import { Module } from '@nestjs/common';
import { Egress, RESOLVER } from './egress.js';
import { SystemResolver } from './resolver.js';

/** The door to other hosts. */
@Module({ providers: [{ provide: RESOLVER, useFactory: () => new SystemResolver() }, Egress], exports: [Egress] })
export class EgressModule {}
