import { Controller, Get, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { BODY_EXAMPLES } from '../dto/examples.js';
import { ContractAnswerDto } from '../dto/contract-responses.dto.js';
import { ContractTermDto, CreateContractDto, DecideContractDto } from '../dto/requests.dto.js';
import { Docs, KeyInboxDocs } from '../keyinbox.docs.js';
import { type Envelope } from '../keyinbox.envelope.js';
import { KeyInboxGenerations } from '../keyinbox.generations.js';
import { Parameters } from '../keyinbox.parameters.js';
import { ContractFlow } from './contract.flow.js';
import { ContractListFlow } from './contract-list.flow.js';

/** Contracts: the sign routes of protocol 0.13 and 0.15. */
@KeyInboxDocs()
@Controller('sign')
export class SignController {
  constructor(
    @Inject(ContractFlow) private readonly flow: ContractFlow,
    @Inject(ContractListFlow) private readonly listing: ContractListFlow,
    @Inject(KeyInboxGenerations) private readonly generations: KeyInboxGenerations,
  ) {}

  @Post()
  @HttpCode(200)
  @Docs({ summary: 'Ask a key to sign a text', body: CreateContractDto, example: BODY_EXAMPLES.createContract, privateKey: true, response: ContractAnswerDto })
  async create(@Req() request: Request): Promise<Envelope> {
    this.generations.require('0.13', '0.15');
    return this.flow.create(new Parameters(request), request);
  }

  @Post(':term')
  @HttpCode(200)
  @Docs({ summary: 'View, sign or refuse a contract', body: DecideContractDto, example: BODY_EXAMPLES.decideContract, privateKey: true, response: ContractAnswerDto })
  async decide(@Param('term') term: string, @Req() request: Request): Promise<Envelope> {
    this.generations.require('0.13');
    const parameters = new Parameters(request);
    return this.flow.decide(term, parameters.id, parameters, request);
  }

  @Get()
  @Docs({
    summary: 'Read one contract, or list them',
    description: 'With `id`: that contract. With `folder` instead (0.15): inbox are those to sign, sent those issued.',
    bodyMembers: '{ "private_key", "public_key", "id" } or { "private_key", "folder", "pagination_data" }',
    privateKey: true,
    publicKey: true,
    paged: true,
    response: ContractAnswerDto,
  })
  async findOrList(@Req() request: Request, @Res() response: Response): Promise<void> {
    this.generations.require('0.13', '0.15');
    const parameters = new Parameters(request);
    const wantsList = parameters.id === undefined && parameters.folder !== undefined && this.generations.serves('0.15');
    if (wantsList) await this.listing.list(parameters, request, response);
    else response.json(await this.flow.find(parameters, request));
  }

  @Get(':id')
  @Docs({ summary: 'Read one contract (0.15)', bodyMembers: '{ "private_key" }', privateKey: true, id: true, response: ContractAnswerDto })
  async findById(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    this.generations.require('0.15');
    return this.flow.findById(id, new Parameters(request), request);
  }

  @Put(':id')
  @Docs({ summary: 'View, sign or refuse a contract (0.15)', body: ContractTermDto, example: BODY_EXAMPLES.contractTerm, privateKey: true, id: true, response: ContractAnswerDto })
  async decideById(@Param('id') id: string, @Req() request: Request): Promise<Envelope> {
    this.generations.require('0.15');
    const parameters = new Parameters(request);
    return this.flow.decide(parameters.fromBody('term'), id, parameters, request);
  }
}
