/** What is asked of the cell that gets a request: to tie another cell to a relation or a role, or to untie it. */
export interface RequestedChange {
  readonly kind: 'relation' | 'role';
  /** tie: makes what is missing; add: only to a relation or role that is there; untie: takes the tie away and leaves the rest */
  readonly act: 'tie' | 'add' | 'untie';
  /** of the relation or role */
  readonly name: string;
  /** address of the app in whose Box it is; null: where the message is */
  readonly schema: string | null;
  /** the same as its sender wrote it */
  readonly classUrl: string | null;
  /** address of the cell to tie it to */
  readonly target: string;
}
