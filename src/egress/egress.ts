import { Inject, Injectable } from '@nestjs/common';
import { type IncomingHttpHeaders } from 'node:http';
import { EgressFault } from './egress-fault.js';
import { exchange } from './exchange.js';
import { type Resolver } from './resolver.js';
import { checkUrl, type EgressRules, resolveTarget } from './target.js';

/** Injection token of the Resolver. */
export const RESOLVER = Symbol('Resolver');

/** A request to another host. */
export interface EgressRequest extends EgressRules {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** for everything together: finding the address, connecting, sending, reading; in milliseconds */
  readonly timeoutMs: number;
  /** of the reply's body */
  readonly replyBytesMax: number;
}

/** What came back, whatever its status. Redirects are not followed: they are replies like others. */
export interface EgressReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The one door to other hosts. Addresses that come from messages and settings of users must not
 * let anybody reach what stands beside this server: the name is resolved once, every address it
 * has is looked at, and the connection goes to these addresses and no others. Proxies that the
 * environment names are not used, because they would resolve names again.
 */
@Injectable()
export class Egress {
  constructor(@Inject(RESOLVER) private readonly resolver: Resolver) {}

  /**
   * Sends one request on a connection of its own, and reads the reply. Nothing is tried twice.
   *
   * @throws EgressFault when there is no whole reply; its `sent` tells whether the other side may
   *   have acted all the same
   */
  async request(request: EgressRequest): Promise<EgressReply> {
    const url = checkUrl(request.url, request);
    const deadline = performance.now() + request.timeoutMs;
    const target = await within(request.timeoutMs, resolveTarget(url, request, this.resolver));
    return exchange(target, request, Math.max(1, deadline - performance.now()));
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EgressFault('timeout', false)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
