import { Controller, Get, Header, HttpStatus, Redirect, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { Drain } from './drain.js';
import { type Readiness, ReadinessProbe } from '../kernel/readiness-probe.js';

/** A database that takes longer than this to answer is not ready to serve. */
const PROBE_MS_MAX = 2000;

/** Pages for those who watch over the server. */
@ApiTags('house')
@Controller()
export class HealthController {
  private asking: Promise<Readiness> | undefined;

  constructor(
    private readonly probe: ReadinessProbe,
    private readonly drain: Drain,
  ) {}

  @Get()
  @ApiExcludeEndpoint()
  @Redirect('/docs', HttpStatus.FOUND)
  home(): void {}

  @Get('livez')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Whether the process answers. Never asks the database.' })
  @ApiResponse({ status: 200, schema: { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } } } })
  livez(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Whether messages can be kept safely now; a load balancer sends no requests otherwise.' })
  @ApiResponse({ status: 200, schema: { type: 'object', properties: { status: { type: 'string', enum: ['ready'] } } } })
  @ApiResponse({
    status: 503,
    schema: {
      type: 'object',
      properties: {
        status: { type: 'string', enum: ['not_ready'] },
        reasons: { type: 'array', items: { type: 'string' } },
      },
    },
  })
  async readyz(@Res({ passthrough: true }) response: Response): Promise<{ status: string; reasons?: readonly string[] }> {
    const { ok, reasons } = this.drain.started ? { ok: false, reasons: ['draining'] } : await this.readiness();
    if (ok) return { status: 'ready' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not_ready', reasons };
  }

  /** However many ask at once, the database is asked once. */
  private readiness(): Promise<Readiness> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<Readiness> {
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<Readiness>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, reasons: ['database_slow'] }), PROBE_MS_MAX);
    });
    try {
      return await Promise.race([this.probe.check(), tooSlow]);
    } catch {
      return { ok: false, reasons: ['probe_failed'] };
    } finally {
      clearTimeout(timer);
    }
  }
}
