import type { Metadata } from "next";

import { DocumentsCard } from "@/features/knowledge/components/documents-card";
import { SearchCard } from "@/features/knowledge/components/search-card";
import { UploadCard } from "@/features/knowledge/components/upload-card";

export const metadata: Metadata = { title: "Knowledge" };

export default function KnowledgePage() {
  return (
    <>
      <UploadCard />
      <SearchCard />
      <DocumentsCard />
    </>
  );
}
