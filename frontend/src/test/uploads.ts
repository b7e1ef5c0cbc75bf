import { vi } from "vitest";

type Listener = (event: { loaded: number; total: number }) => void;

/** Sends what is uploaded to the network of the test, all in one go. `fetch` answers for it. */
class UploadRequest {
  readonly upload: { onprogress: Listener | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  status = 0;
  response: unknown = null;
  #address = "";

  open(_method: string, address: string): void {
    this.#address = address;
  }

  send(form: FormData): void {
    this.upload.onprogress?.({ loaded: 1, total: 1 });
    void fetch(this.#address, { method: "POST", body: form })
      .then(async (answer) => {
        this.status = answer.status;
        this.response = await answer.json();
        this.onload?.();
      })
      .catch(() => this.onerror?.())
      .finally(() => this.onloadend?.());
  }
}

/** Until the end of the test, uploads are requests like any other. */
export function fakeUploads(): void {
  vi.stubGlobal("XMLHttpRequest", UploadRequest);
}
