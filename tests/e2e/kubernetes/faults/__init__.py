"""The cases of faults_test.py, and what they share."""
