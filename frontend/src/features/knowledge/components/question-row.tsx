export interface Draft {
  key: number;
  text: string;
  section: string | null;
  /** Whether it is saved with the document. */
  isTaken: boolean;
}

// The server's limit.
const MAX_CHARS = 300;

export function QuestionRow({ draft, onChange }: { draft: Draft; onChange: (to: Partial<Draft>) => void }) {
  const { text, section, isTaken } = draft;
  return (
    <li className="flex items-start gap-2">
      <input
        type="checkbox"
        checked={isTaken}
        aria-label={text ? `Take: ${text}` : "Take this question"}
        onChange={(event) => onChange({ isTaken: event.target.checked })}
        className="mt-2 size-4 shrink-0 accent-accent"
      />
      <div className="min-w-0 flex-1">
        <input
          value={text}
          maxLength={MAX_CHARS}
          placeholder="Who decides on a purchase?"
          aria-label={section ? `Question on ${section}` : "Question"}
          onChange={(event) => onChange({ text: event.target.value })}
          className="h-8 w-full min-w-0 rounded-md border border-control bg-surface px-2 text-sm placeholder:text-quiet"
        />
        {section ? <p className="mt-0.5 truncate text-xs text-quiet">{section}</p> : null}
      </div>
    </li>
  );
}
