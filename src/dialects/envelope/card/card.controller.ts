import { Controller, Get, Res } from '@nestjs/common';
import { type Response } from 'express';
import { Docs, EnvelopeDocs } from '../envelope.docs.js';
import { CARD_PAGE, CARD_POLICY } from './card.page.js';

/** Links to contact cards lead here. */
@EnvelopeDocs()
@Controller('c')
export class CardController {
  @Get()
  @Docs({ summary: 'Show a contact card', description: 'The card stands behind the # of the address, which no browser sends: this page reads it there.', produces: 'text/html' })
  show(@Res() response: Response): void {
    response.set({ 'Content-Security-Policy': CARD_POLICY, 'Cache-Control': 'public, max-age=3600', 'Referrer-Policy': 'no-referrer' }).type('html').send(CARD_PAGE);
  }
}
