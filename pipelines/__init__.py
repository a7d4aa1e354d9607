"""This project's workflows: workflow and handlers only."""
