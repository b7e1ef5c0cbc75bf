import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import type { MadeToken } from "../api/tokens";
import { configuration } from "../configuration";

interface MadeTokenViewProps {
  made: MadeToken;
  url: string;
  onDone: () => void;
}

/** The only time that a token is seen, with what an assistant is given of it. */
export function MadeTokenView({ made, url, onDone }: MadeTokenViewProps) {
  return (
    <section aria-label={`The token for ${made.name}`} className="my-2 flex flex-col gap-2 rounded-md bg-accent-soft p-3 text-sm">
      <p role="status">
        This is the only time that the token is shown. Copy it now.
        <span className="block text-xs text-quiet">Whoever has it reads your portfolios: keep it as you keep a password.</span>
      </p>
      <Copied label="Token" text={made.token} />
      <Copied label="Configuration" text={configuration(url, made.token)} />
      <p className="text-xs text-quiet">Assistants name these settings differently; most take an address and a header, as above.</p>
      <Button className="self-start" onClick={onDone}>
        I have copied it
      </Button>
    </section>
  );
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-xs font-semibold">{label}</h3>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
      <pre role="group" tabIndex={0} aria-label={label} className="overflow-x-auto rounded-md border border-line bg-surface p-2 font-mono text-xs">
        {text}
      </pre>
    </div>
  );
}
