import { Module } from '@nestjs/common';
import { CoreModule } from '../../../core/core.module.js';
import { CryptoModule } from '../../../crypto/crypto.module.js';
import { PmJwt } from './auth/jwt.js';
import { PmGate } from './auth/pm.gate.js';
import { PmGuard } from './auth/pm.guard.js';
import { PmTokens } from './auth/tokens.js';
import { PmPace } from './pm.pace.js';

/** The PM message API. RateLimiter, Config, clock and ids come from global modules. */
@Module({
  imports: [CoreModule, CryptoModule],
  controllers: [],
  providers: [PmJwt, PmTokens, PmGate, PmGuard, PmPace],
})
export class PmModule {}
