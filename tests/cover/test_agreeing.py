"""Covers, swaps, take-overs and short notice, as conversations: who asks whom, who has it then, and who is told what.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""
