import { Module } from '@nestjs/common';
import { SecretBox } from './secret-box.js';
import { SealedBox } from './sealed-box.js';

/** Cryptography that takes injected randomness. Everything else here is pure and imported directly. */
@Module({ providers: [SealedBox, SecretBox], exports: [SealedBox, SecretBox] })
export class CryptoModule {}
