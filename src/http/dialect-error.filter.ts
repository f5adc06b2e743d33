import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { ErrorAnswer } from './error-answer.js';

/** The one filter of the application: everything thrown in or before a handler comes here. */
@Catch()
@Injectable()
export class DialectErrorFilter implements ExceptionFilter {
  constructor(private readonly answer: ErrorAnswer) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer.send(error, http.getRequest<Request>(), http.getResponse<Response>());
  }
}
