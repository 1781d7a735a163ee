"""Changes: what they put in the store, what they move, whom they owe what, and what is refused.

Toms has the week of Mon 23 Nov 2026, then Maya, Danny and Rene. It is Tue 24 Nov, 10:00.
"""
