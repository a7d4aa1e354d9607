"""Pictures of definitions in text: an outline, Mermaid and DOT. Last stage: they read finished ASL, ours or not."""

from .dot import dot
from .mermaid import mermaid
from .outline import outline
from .transitions import Chart, Step, Transition, chart

__all__ = ["Chart", "Step", "Transition", "chart", "dot", "mermaid", "outline"]
