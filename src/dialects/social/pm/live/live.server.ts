import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Request } from 'express';
import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DirectFeed } from '../../../../core/conversations/direct-feed.js';
import { clientKey } from '../../../../http/client-address.js';
import { RateLimiter } from '../../../../http/rate-limiter.js';
import { type Clock } from '../../../../kernel/clock.js';
import { DomainError } from '../../../../kernel/domain-error.js';
import { limits } from '../../../../kernel/limits.js';
import { CLOCK } from '../../../../kernel/tokens.js';
import { PmGate } from '../auth/pm.gate.js';
import { denied, unauthenticated } from '../pm.faults.js';
import { RATES } from '../pm.rates.js';
import { LiveHub } from './live.hub.js';
import { LiveSocket, type LivePass } from './live.socket.js';
import { LiveWatch } from './live.watch.js';
import { afterOf, isLivePath, passProtocol, refuseUpgrade, tokenOf } from './upgrade.js';

/**
 * The WebSocket of the dialect, on the HTTP server of the house. Who it is, is decided before the
 * upgrade; afterwards the server speaks and the client only shows that it is there.
 */
@Injectable()
export class LiveServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.live_inbound_bytes_max,
    handleProtocols: passProtocol,
  });
  private server: Server | null = null;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(PmGate) private readonly gate: PmGate,
    @Inject(DirectFeed) private readonly feed: DirectFeed,
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(LiveWatch) private readonly watch: LiveWatch,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean };
    // other upgrades (curl --http2) stay ordinary requests
    server.shouldUpgradeCallback = (request) => isLivePath(request) && request.headers.upgrade?.toLowerCase() === 'websocket';
    server.on('upgrade', this.onUpgrade);
    this.server = server;
  }

  onModuleDestroy(): void {
    this.server?.off('upgrade', this.onUpgrade);
    this.sockets.close();
  }

  private readonly onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const onError = (): void => void stream.destroy();
    stream.on('error', onError);
    this.open(request, stream, head).catch((error: unknown) => refuseUpgrade(stream, error));
  };

  private async open(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    if (!isLivePath(request)) throw new DomainError('route_not_found');
    const pass = await this.passOf(request);
    const here = await this.feed.here(pass.userId);
    const after = afterOf(request);
    const back = after === null ? null : await this.feed.behind(here.boxId, after);
    if (stream.destroyed) return;
    // from here on nothing waits, so nobody slips past the bounds
    if (this.hub.size >= limits.live_sockets_max) throw new DomainError('overloaded');
    if (this.hub.sizeOf(here.boxId) >= limits.live_sockets_per_user_max) throw new DomainError('rate_limited', { retryAfterSeconds: limits.retry_after_seconds });
    this.sockets.handleUpgrade(request, stream, head, (ws) => {
      const socket = new LiveSocket(ws, here.boxId, pass, back?.cursor ?? here.cursor, (closed) => this.hub.remove(closed));
      socket.above = back?.above ?? 0;
      this.hub.add(socket, here, back !== null);
      this.watch.begin();
    });
  }

  /** @throws PmFault 401, 403; DomainError rate_limited */
  private async passOf(request: IncomingMessage): Promise<LivePass> {
    const token = tokenOf(request);
    const opened = token === null ? null : await this.gate.open(token);
    if (token === null || opened === null) {
      this.limiter.take('pm.bad_token', clientKey(request as Request), RATES['pm.bad_token']);
      throw unauthenticated(token !== null);
    }
    const { caller, expiresMs } = opened;
    if (caller.user.disabledAt !== null) throw denied('This account is blocked.');
    if (expiresMs !== null && expiresMs <= this.clock.now()) throw unauthenticated(true);
    return { userId: caller.userId, token, expiresMs };
  }
}
