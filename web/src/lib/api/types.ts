/**
 * Shapes of the HTTP contract under the names that the pages use, taken from the server's OpenAPI
 * document: what is not in it cannot be named here.
 *
 * Times are milliseconds since 1970 in UTC; labels are canonical text such as `3+personal`;
 * `start` and `end` of a quotation count UTF-8 bytes of the document's canonical text.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

/** A page of any list. */
export interface List<T> {
	items: T[];
	next_cursor: string | null;
}

export type Status = Schemas['Status'];
export type Session = Schemas['Session'];
export type User = Schemas['User'];
export type Role = User['roles'][number];
export type NewUser = Omit<Schemas['NewUserBody'], 'password'>;
export type ImportOutcome = Schemas['ImportOutcome'];
export type Department = Schemas['Department'];
export type Team = Schemas['Team'];
export type Key = Schemas['Key'];
export type Scope = Key['scopes'][number];

export type LabelPack = Schemas['LabelPack'];

export type Budget = Schemas['Budget'];
export type NewBudget = Schemas['NewBudget'];
export type BudgetChange = Schemas['BudgetChange'];

export type Batch = Schemas['Batch'];
export type BatchList = Schemas['BatchList'];
export type BatchState = Schemas['BatchState'];

export type NewEndpoint = Schemas['NewEndpoint'];
export type Endpoint = Schemas['Endpoint'];
export type EndpointChange = Schemas['EndpointChange'];
export type EndpointKind = Schemas['EndpointKind'];
export type Capability = Schemas['Capability'];
export type Speaks = Schemas['Speaks'];
export type Price = Schemas['Price'];
export type PriceOffer = Schemas['Offer'];
export type Purpose = Schemas['Purpose'];
export type Route = Schemas['Route'];
export type NewRoute = Schemas['NewRoute'];
export type RouteChange = Schemas['RouteChange'];
export type Leg = Schemas['Leg'];
export type Conditions = Schemas['Conditions'];
export type Bounds = Schemas['Bounds'];
/** A route or an endpoint as programs see it. */
export type Model = Schemas['Model'];
export type EndpointBlock = Schemas['Block'];
export type NewBlock = Schemas['NewBlock'];
export type Blocked = Schemas['Blocked'];
export type Shares = Schemas['Shares'];
export type LayerShares = Schemas['LayerShares'];
export type ShareDimension = Schemas['Dimension'];
export type Exits = Schemas['Exits'];
export type Exit = Schemas['Exit'];
export type Ability = Schemas['Ability'];
export type Drill = Schemas['Drill'];
export type NewDrill = Schemas['NewDrill'];
export type CheckQuestion = Schemas['CheckQuestion'];
export type DrillChecks = Schemas['Checks'];
export type DrillReport = Schemas['Report'];
export type DrillFigures = Schemas['Figures'];
export type Traffic = Schemas['TrafficReport'];
export type TrafficBy = Schemas['TrafficBy'];
export type TrafficLine = Schemas['TrafficLine'];
export type TrafficPoint = Schemas['TrafficPoint'];
export type EndpointTest = Schemas['TestResult'];
export type Probe = Schemas['ProbeResult'];

export type NewCollection = Schemas['NewCollection'];
export type Collection = Schemas['Collection'];
export type Document = Schemas['Document'];
export type DocumentText = Schemas['DocumentText'];
export type Block = DocumentText['blocks'][number];
export type UploadAccepted = Schemas['Upload'];
export type Refusal = UploadAccepted['refused'][number];
export type Job = Schemas['Job'];

export type Conversation = Schemas['Conversation'];
export type Message = Schemas['Message'];
export type AnswerMode = Schemas['AnswerMode'];
export type Citation = Schemas['MessageCitation'];

export type Act = Schemas['ActBody'];
export type LedgerHead = Schemas['HeadBody'];
export type LedgerVerification = Schemas['VerificationBody'];

export type Health = Schemas['HealthBody'];

/** What went wrong with a document, a job, a message or an endpoint; not all of them know a way out. */
export type Fault = Schemas['MessageFault'] & { fix?: string | null };
